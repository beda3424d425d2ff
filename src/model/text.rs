use std::fmt::{self, Write as _};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Text that came from outside: a tag, a name, a title, a message that quotes one.
///
/// It has no `Display` on purpose. Whoever prints it must say through which encoder, because what is harmless in a
/// JSON string is an escape sequence on a terminal and a script in HTML.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Takes text as it came.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Takes bytes that git does not promise to be UTF-8. Bytes that are none become `\xNN`, so that two different
    /// names stay different.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            for byte in chunk.invalid() {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
        Self(text)
    }

    /// The text as it came, for comparing and for encoders. Never for printing.
    pub fn raw(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Untrusted;

    #[test]
    fn bytes_that_are_no_utf8_stay_distinct() {
        assert_eq!(Untrusted::from_bytes(b"v1\xff").raw(), "v1\\xff");
        assert_ne!(Untrusted::from_bytes(b"v1\xff"), Untrusted::from_bytes(b"v1\xfe"));
        assert_eq!(Untrusted::from_bytes("é".as_bytes()).raw(), "é");
    }
}
