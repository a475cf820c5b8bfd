//! `translations/{locale}`: texts of pages, as administrators set them.

use http::Method;
use postern_core::entity::Stored;
use postern_core::experience::language::Language;
use postern_core::experience::translations::{self, Translation, Translations};
use postern_core::ids::{LanguageId, TranslationsId};
use postern_core::notify::locale;
use postern_core::permission::{Area, Permission};
use postern_engine::audit::{self, Event, Subject};
use postern_engine::references::constraint;
use postern_engine::{Ctx, Error, Result};
use postern_store::documents;
use postern_store::sql::Tx;
use serde_json::{Value, json};

use super::crud;
use crate::web::hal::{self, Links};
use crate::web::{Call, Failure, Reply, Route};

const PATH: &str = "/v1/environments/{envID}/translations/{locale}";
/// Most texts of a language.
const MOST: usize = 5_000;
/// Most bytes of them, with their keys.
const MOST_BYTES: usize = 1024 * 1024;

/// The routes.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::new(Method::GET, PATH, "Read translations", read).needs(Permission::Read(Area::Languages)),
        Route::new(Method::PUT, PATH, "Update translations", update)
            .needs(Permission::Write(Area::Languages)),
    ];
    routes.into_iter().map(|route| route.group("Translations")).collect()
}

async fn read(call: Call) -> Result<Reply, Failure> {
    let mut tx = call.app.read().await?;
    let (_, key) = language(&mut tx, &call.ctx, call.param("locale").unwrap_or_default()).await?;
    let found = find(&mut tx, &call.ctx, &key).await?;
    drop(tx);
    let items = shown(&call, found.as_ref());
    let count = i64::try_from(items.len()).ok();
    let links = Links::to(&crud::address(&call.ctx, PATH, &call.params));
    Ok(Reply::ok(&hal::collection(links, "translations", items, count)))
}

async fn update(call: Call) -> Result<Reply, Failure> {
    let sent = translations::read(&call.json()?).map_err(Error::Invalid)?;
    let work = (call.param("locale").unwrap_or_default().to_owned(), sent);
    let stored = call
        .app
        .write(&call.ctx, work, |tx, ctx, (locale, sent)| Box::pin(merge(tx, ctx, locale, sent)))
        .await?;
    Ok(Reply::ok(&shown(&call, Some(&stored))))
}

/// The comparison key of a language of the environment.
async fn language(tx: &mut Tx, ctx: &Ctx, locale: &str) -> Result<(LanguageId, String)> {
    let key = locale::key(locale);
    let known =
        documents::find_by::<Language>(tx, ctx.environment, "locale_key", key.as_str().into()).await?;
    known.map(|known| (known.id, key)).ok_or(Error::NotFound("language"))
}

async fn find(tx: &mut Tx, ctx: &Ctx, key: &str) -> Result<Option<Stored<Translations>>> {
    Ok(documents::find_by::<Translations>(tx, ctx.environment, "locale_key", key.into()).await?)
}

/// Sets the texts that were sent; the others stay.
async fn merge(tx: &mut Tx, ctx: &Ctx, locale: &str, sent: &[Translation]) -> Result<Stored<Translations>> {
    let (language, key) = language(tx, ctx, locale).await?;
    // One at a time: each adds to what the others have set.
    documents::find_locked::<Language>(tx, ctx.environment, language).await?;
    let texts = sent.iter().map(|one| (one.key.clone(), one.translated_text.clone()));
    let stored = match find(tx, ctx, &key).await? {
        Some(mut stored) => {
            stored.body.texts.extend(texts);
            documents::update(tx, &mut stored, ctx.now).await?;
            stored
        }
        None => {
            let body = Translations { locale: key, texts: texts.collect() };
            let stored = Stored::new(ctx.environment, TranslationsId::new(&ctx.random), ctx.now, body);
            documents::insert(tx, &stored).await?;
            stored
        }
    };
    let bytes: usize = stored.texts.iter().map(|(key, text)| key.len() + text.len()).sum();
    if stored.texts.len() > MOST || bytes > MOST_BYTES {
        return Err(constraint("A language has at most 5000 texts, of 1 MiB together."));
    }
    audit::record(tx, ctx, Event::new("TRANSLATIONS.UPDATED", Subject::of(&stored))).await?;
    Ok(stored)
}

/// The texts, perhaps of one module or block alone: the first and the second part of the key.
fn shown(call: &Call, stored: Option<&Stored<Translations>>) -> Vec<Value> {
    let query = call.query();
    let wanted = |key: &str| {
        let mut parts = key.split('.');
        let fits = |part: Option<&str>, name: &str| query.get(name).is_none_or(|wanted| part == Some(wanted));
        fits(parts.next(), "module") && fits(parts.next(), "block")
    };
    let texts = stored.iter().flat_map(|stored| &stored.texts);
    texts
        .filter(|(key, _)| wanted(key))
        .map(|(key, text)| {
            let short = key.split_once('.').map_or(key.as_str(), |(_, rest)| rest);
            json!({ "id": key, "key": key, "shortKey": short, "translatedText": text })
        })
        .collect()
}
