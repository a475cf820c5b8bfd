//! `postern migrate`.

use crate::config::Config;
use crate::{database, terminal};

/// Brings the schema up to date.
pub(crate) async fn run(config: &Config) -> anyhow::Result<()> {
    let db = database::open(config).await?;
    let steps = database::migrate(&db).await;
    db.close().await;
    match steps? {
        0 => terminal::say("The schema is up to date; nothing was changed."),
        1 => terminal::say("1 step was applied; the schema is up to date."),
        steps => terminal::say(format_args!("{steps} steps were applied; the schema is up to date.")),
    }
    Ok(())
}
