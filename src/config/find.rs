use std::path::{Path, PathBuf};

use crate::document::inside;
use crate::error::Error;

/// Where the configuration is looked for, in the root and never above it.
pub const NAMES: [&str; 3] = ["relconf.toml", ".relconf.toml", ".config/relconf.toml"];

/// The configuration file of a root, where there is one.
///
/// # Errors
///
/// There are two: which of them counts would be a guess. Or it leads out of the root.
pub fn discover(root: &Path) -> Result<Option<PathBuf>, Error> {
    // A link that leads nowhere counts: it was meant to be a configuration, and loading it says what is wrong.
    let mut found = NAMES.iter().map(|name| root.join(name)).filter(|path| path.symlink_metadata().is_ok());
    match (found.next(), found.next()) {
        (Some(one), Some(two)) => Err(Error::config(
            format!("both {} and {} exist", one.display(), two.display()),
            format!("keep one of them, or choose with --config {}", one.display()),
        )
        .named_from(root)),
        (Some(one), None) => inside(root, &one).map(|()| Some(one)),
        (None, _) => Ok(None),
    }
}
