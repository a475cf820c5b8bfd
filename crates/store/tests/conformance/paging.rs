//! Pages neither repeat nor skip what was there when the first was read.

use postern_core::entity::Stored;
use postern_core::ids::Id;
use postern_core::time::Span;
use postern_store::documents::{self, Condition, Select};

use crate::support::{Maker, NOW, Thing, insert, on_each};

#[tokio::test]
async fn pages_are_stable_while_records_come_and_go() {
    on_each(async |db| {
        let maker = Maker::new();
        // Five moments with five records each, so that the id decides within a moment.
        let make = |number: i64| Stored {
            created_at: NOW.plus(Span::seconds(number / 5)),
            ..maker.named(&format!("n{number}"))
        };
        for number in 0..25 {
            insert(&db, make(number)).await.unwrap();
        }
        let mut select = Select::first(Condition::Everything, 4);
        let mut seen: Vec<Stored<Thing>> = Vec::new();
        loop {
            let mut tx = db.read().await.unwrap();
            let page = documents::list::<Thing>(&mut tx, maker.env, &select).await.unwrap();
            drop(tx);
            let Some(last) = page.last() else { break };
            select.after = Some((last.created_at, last.id.uuid()));
            // The record the cursor stands on goes, and one comes before it.
            let key = (maker.env, last.id);
            db.write(key, |tx, (env, id)| Box::pin(documents::delete::<Thing>(tx, *env, *id))).await.unwrap();
            let early = Stored {
                created_at: NOW.minus(Span::seconds(1)),
                ..maker.named(&format!("e{}", seen.len()))
            };
            insert(&db, early).await.unwrap();
            seen.extend(page);
        }
        let keys: Vec<_> = seen.iter().map(|stored| (stored.created_at, stored.id.uuid())).collect();
        assert_eq!(keys.len(), 25);
        assert!(keys.is_sorted());
    })
    .await;
}
