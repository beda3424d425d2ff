use flate2::Crc;

/// How many folders the repositories of a day are spread over, where nobody says.
pub const BUCKETS: u32 = 16;

/// Where the rows of a run belong: by day and bucket, so that a hundred thousand repositories are no hundred thousand
/// folders, and the same run again replaces its own files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The day that the run stood at, in UTC: `2026-06-30`.
    pub day: String,
    /// Into how many buckets repositories go.
    pub buckets: u32,
    /// What tells the files of one run from those of others beside it.
    pub slice: String,
}

impl Place {
    /// The file of a table, from the root: `TABLE/as_of=DATE/bucket=NN/part-SLICE.parquet`.
    pub fn file(&self, table: &str, repo_id: &str, ending: &str) -> String {
        let Self { day, buckets, slice } = self;
        format!("{table}/as_of={day}/bucket={:02}/part-{slice}.{ending}", bucket(repo_id, *buckets))
    }

    /// The slice of a single repository: of its name, so that another repository never overwrites it.
    pub fn slice_of(repo_id: &str) -> String {
        // What reads well stays; the sum tells apart what reads alike.
        let shown: String =
            repo_id.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).take(40).collect();
        format!("{shown}-{:08x}", sum(repo_id))
    }
}

/// The bucket of a repository: its name's CRC-32, as `zlib.crc32` has it, modulo their number.
pub fn bucket(repo_id: &str, buckets: u32) -> u32 {
    sum(repo_id) % buckets.max(1)
}

fn sum(text: &str) -> u32 {
    let mut crc = Crc::new();
    crc.update(text.as_bytes());
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_lies_in_the_bucket_that_any_crc_32_gives() {
        // Python: zlib.crc32(b"payments-api") % 16, and the check value of the CRC catalogue.
        assert_eq!(sum("123456789"), 0xcbf4_3926);
        assert_eq!(bucket("payments-api", 16), sum("payments-api") % 16);
        assert_eq!(bucket("anything", 0), 0);
        let place = Place { day: "2026-06-30".to_owned(), buckets: 1, slice: Place::slice_of("a/b c") };
        let file = place.file("release", "a/b c", "ndjson");
        assert!(file.starts_with("release/as_of=2026-06-30/bucket=00/part-abc-"), "{file}");
        assert_ne!(Place::slice_of("a/b"), Place::slice_of("ab"));
    }
}
