//! Finds the OpenAPI files and reads them, once for each process.
//!
//! They are large YAML. What the checks need of them is kept as JSON beside the test programs, so that only the
//! first process reads the YAML.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::UNIX_EPOCH;

use serde_json::{Value, json};

use super::{Operations, Published, operations};

const FILES: [&str; 2] = ["pingone-mfa.yml", "pingone-management.yml"];

/// Changes whenever the kept form does.
const FORM: u32 = 1;

/// The files, unless there are none.
pub(crate) fn published() -> Option<&'static Published> {
    static PUBLISHED: OnceLock<Option<Published>> = OnceLock::new();
    PUBLISHED.get_or_init(|| read(&folder()?)).as_ref()
}

fn folder() -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/openapi"));
    let there = |folder: &PathBuf| FILES.iter().all(|name| folder.join(name).is_file());
    let Some(named) = std::env::var_os("POSTERN_TEST_OPENAPI") else { return Some(beside()).filter(there) };
    let named = PathBuf::from(named);
    assert!(there(&named), "POSTERN_TEST_OPENAPI names no folder with PingOne's OpenAPI files");
    Some(named)
}

fn read(folder: &Path) -> Option<Published> {
    let kept = kept_at(folder)?;
    let known = fs::read(&kept).ok().and_then(|text| serde_json::from_slice(&text).ok());
    let files: Value = known.unwrap_or_else(|| {
        let made = Value::Array(FILES.map(|name| condensed(&folder.join(name))).to_vec());
        keep(&kept, &made);
        made
    });
    let files = files.as_array()?.iter().map(Operations::new).collect();
    Some(Published { files })
}

/// Where the kept form of these very files is.
fn kept_at(folder: &Path) -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let stamps = FILES.map(|name| {
        let about = fs::metadata(folder.join(name)).ok()?;
        let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(format!("{}-{}", about.len(), changed.as_nanos()))
    });
    let [mfa, management] = stamps;
    let name = format!("pingone-openapi-{FORM}-{}-{}.json", mfa?, management?);
    Some(program.parent()?.join(name))
}

/// Many processes may do so at once; each writes a file of its own and renames it.
fn keep(path: &Path, files: &Value) {
    let mine = path.with_extension(std::process::id().to_string());
    if fs::write(&mine, files.to_string()).is_ok() {
        let _ = fs::rename(&mine, path);
    }
}

fn condensed(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap();
    let options = serde_saphyr::options! {
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
        strict_booleans: true,
    };
    let document: Value = serde_saphyr::from_str_with_options(&text, options).unwrap();
    json!({ "operations": operations::condensed(&document), "schemas": operations::schemas(&document) })
}
