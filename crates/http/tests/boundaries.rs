//! `mgmt` and `auth` use `web` and never each other.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it broke")]

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[test]
fn doors_do_not_reach_into_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (door, others) in [
        ("mgmt", ["crate::auth", "super::auth"]),
        ("auth", ["crate::mgmt", "super::mgmt"]),
        ("web", ["crate::mgmt", "crate::auth"]),
    ] {
        for file in sources(&root.join(door)) {
            let text = fs::read_to_string(&file).unwrap();
            for other in others {
                assert!(!text.contains(other), "{} reaches into {other}", file.display());
            }
        }
    }
}
