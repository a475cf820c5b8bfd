//! The doors `mgmt`, `auth` and `pages` use `web` and never each other.
#![expect(clippy::unwrap_used, reason = "a test stops where it broke")]

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[test]
fn doors_do_not_reach_into_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let doors = ["mgmt", "auth", "pages"];
    // `web`, `sign_on` and `device_view` lie below the doors and know none of them.
    for module in ["mgmt", "auth", "pages", "web", "sign_on", "device_view"] {
        let files = sources(&root.join(module)).into_iter().chain([root.join(format!("{module}.rs"))]);
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for other in doors.iter().filter(|door| **door != module) {
                for path in [format!("crate::{other}"), format!("super::{other}")] {
                    assert!(!text.contains(&path), "{} reaches into {other}", file.display());
                }
            }
        }
    }
}
