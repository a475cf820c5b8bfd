//! Each comparison means the same on both databases.

use postern_store::Value;
use postern_store::documents::{self, Condition, Op, Select};

use crate::support::{Maker, Thing, insert, on_each};

/// The names, in order, of what meets each condition; names are also the order of making.
async fn assert_selects(cases: Vec<(Condition, &str)>) {
    on_each(async |db| {
        let maker = Maker::new();
        let owner = maker.random.uuid();
        let make = |name: &str, size, note: Option<&str>| Thing {
            name: name.to_owned(),
            size,
            owner: (name == "b").then_some(owner),
            note: note.map(str::to_owned),
        };
        let notes =
            [None, Some(""), Some("Straße 50%"), Some("STRASSE 50_x"), Some(r"strasse 50\x"), Some("é")];
        for ((name, size), note) in ["a", "b", "c", "d", "e", "f"].into_iter().zip(1..).zip(notes) {
            insert(&db, maker.thing(make(name, size, note))).await.unwrap();
        }
        for (condition, expected) in &cases {
            let mut tx = db.read().await.unwrap();
            let select = Select::first(condition.clone(), 100);
            let mut found = documents::list::<Thing>(&mut tx, maker.env, &select).await.unwrap();
            found.sort_by(|one, other| one.name.cmp(&other.name));
            let names: String = found.iter().map(|stored| stored.name.as_str()).collect();
            assert_eq!(names, *expected, "{condition:?} on {}", db.kind().name());
            let count = documents::count::<Thing>(&mut tx, maker.env, condition, 100).await.unwrap();
            assert_eq!(count as usize, expected.len(), "{condition:?}");
        }
    })
    .await;
}

fn size(op: Op, value: impl Into<Value>) -> Condition {
    Condition::compare("size", op, value)
}

fn note(op: Op, value: &str) -> Condition {
    Condition::compare("note_key", op, value)
}

#[tokio::test]
async fn numbers_compare() {
    assert_selects(vec![
        (size(Op::Eq, 3), "c"),
        (size(Op::Ne, 3), "abdef"),
        (size(Op::Gt, 3), "def"),
        (size(Op::Ge, 3), "cdef"),
        (size(Op::Lt, 3), "ab"),
        (size(Op::Le, 3), "abc"),
        (size(Op::Present, Value::Null), "abcdef"),
    ])
    .await;
}

#[tokio::test]
async fn text_compares_by_bytes_and_wildcards_mean_themselves() {
    assert_selects(vec![
        (note(Op::Eq, "é"), "f"),
        (note(Op::Gt, "strasse 50_"), "cdf"),
        (note(Op::StartsWith, "stra"), "cde"),
        (note(Op::StartsWith, "strasse 50_"), "d"),
        (note(Op::StartsWith, ""), "bcdef"),
        (note(Op::Contains, "50%"), "c"),
        (note(Op::Contains, "0_"), "d"),
        (note(Op::Contains, r"\"), "e"),
        (note(Op::EndsWith, "x"), "de"),
        (note(Op::EndsWith, "_x"), "d"),
        (note(Op::EndsWith, "%"), "c"),
        (note(Op::Contains, "' OR 1=1"), ""),
    ])
    .await;
}

#[tokio::test]
async fn case_is_folded_in_the_column_and_told_apart_in_the_database() {
    assert_selects(vec![
        (note(Op::Contains, "strasse"), "de"),
        (note(Op::Contains, "STRASSE"), ""),
        (note(Op::EndsWith, "X"), ""),
        (note(Op::StartsWith, "Stra"), ""),
    ])
    .await;
}

#[tokio::test]
async fn a_column_without_a_value_differs_from_everything() {
    assert_selects(vec![
        (Condition::equals("note_key", Value::Null), "a"),
        (Condition::compare("note_key", Op::Ne, Value::Null), "bcdef"),
        (note(Op::Ne, "é"), "abcde"),
        (Condition::Not(Box::new(note(Op::Eq, "é"))), "abcde"),
        (Condition::Not(Box::new(note(Op::Contains, "5"))), "abf"),
        (note(Op::Present, ""), "cdef"),
        (Condition::Not(Box::new(note(Op::Present, ""))), "ab"),
        (size(Op::Gt, Value::Null), ""),
        (Condition::compare("owner", Op::Present, Value::Null), "b"),
    ])
    .await;
}

#[tokio::test]
async fn conditions_combine() {
    let not_three = Condition::Not(Box::new(size(Op::Eq, 3)));
    assert_selects(vec![
        (Condition::Everything, "abcdef"),
        (Condition::All(vec![]), "abcdef"),
        (Condition::Any(vec![]), ""),
        (Condition::Not(Box::new(Condition::Everything)), ""),
        (size(Op::Ge, 2).and(size(Op::Le, 4)).and(not_three), "bd"),
        (
            Condition::Any(vec![size(Op::Eq, 1), Condition::All(vec![size(Op::Gt, 4), note(Op::Eq, "é")])]),
            "af",
        ),
        (Condition::Any(vec![Condition::Everything, size(Op::Eq, 1)]), "abcdef"),
    ])
    .await;
}
