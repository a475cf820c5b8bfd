//! Statements keep to what SQLite and PostgreSQL both understand alike.

use std::path::{Path, PathBuf};

/// Words outside the portable subset, in lower case.
const OUTSIDE: &[&str] = &[
    "greatest(",
    "least(",
    "instr(",
    "insert or ",
    "replace into",
    "ifnull(",
    "nvl(",
    "now(",
    "current_timestamp",
    "datetime(",
    "strftime(",
    "extract(",
    "json_",
    "jsonb",
    "->",
    "::",
    " ilike ",
    " glob ",
    " regexp ",
    " similar to ",
    "rowid",
    "autoincrement",
    " serial ",
    " serial,",
    "bigserial",
    "smallserial",
    "lower(",
    "upper(",
    "for update",
    "for share",
    "skip locked",
    "nextval(",
    "random(",
    "max(1,",
    "returning *",
    "select *",
    " is true",
    " is false",
    "string_agg(",
    "group_concat(",
    "array_agg(",
    "any(",
];

/// Everything that may differ is here.
const DIALECTS: &[&str] = &["sql/sqlite", "sql/postgres", "sql/dialect.rs", "fixture"];

#[test]
fn statements_use_only_words_that_both_databases_understand_alike() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut faults = Vec::new();
    let mut statements = 0;
    for file in files(&root.join("src"), "rs") {
        let place = file.strip_prefix(root.join("src")).unwrap().to_str().unwrap().to_owned();
        if DIALECTS.iter().any(|dialect| place.starts_with(dialect)) {
            continue;
        }
        let source = std::fs::read_to_string(&file).unwrap();
        for sql in literals(&source).into_iter().filter(|text| is_sql(text)) {
            statements += 1;
            faults.extend(outside(&sql).map(|word| format!("{place}: {word} in {sql}")));
        }
    }
    for file in files(&root.join("../../migrations"), "sql") {
        let text = std::fs::read_to_string(&file).unwrap();
        let code: String = text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
        faults.extend(outside(&code).map(|word| format!("{}: {word}", file.display())));
    }
    assert!(statements > 5, "the statements were not found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_search_sees_through_escapes_comments_and_quotes() {
    let source = r#"
        // "SELECT greatest(1, 2)" in a comment
        let quote = '"'; let a = "UPDATE t SET x = \"y\" \
            WHERE lower(z) = 'a'"; let b = "SELECT 1";
    "#;
    let found: Vec<String> = literals(source).into_iter().filter(|text| is_sql(text)).collect();
    assert_eq!(found.len(), 2);
    assert_eq!(outside(&found[0]).collect::<Vec<_>>(), ["lower("]);
    assert_eq!(outside(&found[1]).count(), 0);
}

fn outside(sql: &str) -> impl Iterator<Item = &'static str> {
    let text = sql.to_lowercase();
    OUTSIDE.iter().copied().filter(move |word| text.contains(word))
}

fn is_sql(text: &str) -> bool {
    const STARTS: [&str; 9] =
        ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "CREATE ", "ALTER ", " FROM ", " WHERE "];
    STARTS.iter().any(|start| text.contains(start))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found
}

/// The string literals of a Rust source.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let tail = &rest[at..];
        if tail.starts_with("//") {
            rest = tail.split_once('\n').map_or("", |(_, next)| next);
        } else if let Some(next) = tail.strip_prefix("'\"'") {
            rest = next;
        } else if let Some(text) = tail.strip_prefix('"') {
            let (literal, next) = text.split_at(closing_quote(text));
            found.push(literal.to_owned());
            rest = next.strip_prefix('"').unwrap_or_default();
        } else {
            rest = &tail[1..];
        }
    }
    found
}

/// Where the literal ends that has begun.
fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' if !escaped => return at,
            _ => escaped = character == '\\' && !escaped,
        }
    }
    text.len()
}
