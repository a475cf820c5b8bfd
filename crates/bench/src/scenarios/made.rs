//! Records that callers make together: each takes the next place and leaves what it made there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use uuid::Uuid;

use crate::load::Fault;

/// A number of places, for ids where nothing else is said. Clones share them.
pub(crate) struct Made<T = Uuid>(Arc<Shared<T>>);

struct Shared<T> {
    next: AtomicUsize,
    count: usize,
    made: Mutex<Vec<Option<T>>>,
}

impl<T> Clone for Made<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Made<T> {
    /// So many places.
    pub(crate) fn new(places: usize) -> Self {
        let mut made = Vec::new();
        made.resize_with(places, || None);
        Self(Arc::new(Shared { next: AtomicUsize::new(0), count: places, made: Mutex::new(made) }))
    }

    /// The next place.
    ///
    /// # Errors
    /// [`Fault::Exhausted`] when all are taken.
    pub(crate) fn next(&self) -> Result<usize, Fault> {
        let place = self.0.next.fetch_add(1, Ordering::Relaxed);
        if place < self.0.count { Ok(place) } else { Err(Fault::Exhausted) }
    }

    /// Leaves what was made at a place.
    pub(crate) fn put(&self, place: usize, what: T) {
        let mut made = self.0.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = made.get_mut(place) {
            *slot = Some(what);
        }
    }

    /// All that was made. The places are empty then.
    ///
    /// # Errors
    /// When a place is empty.
    pub(crate) fn take(&self) -> anyhow::Result<Vec<T>> {
        let mut made = self.0.made.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *made).into_iter().collect::<Option<Vec<_>>>().context("not everything was made")
    }
}

impl Made {
    /// Leaves the id of the record in a body, whose first member `id` at the top it is.
    ///
    /// # Errors
    /// [`Fault::Answer`] when the body has none.
    pub(crate) fn keep(&self, place: usize, body: &[u8]) -> Result<(), Fault> {
        let id = id_of(body).ok_or_else(|| Fault::Answer("an answer without an id".to_owned()))?;
        self.put(place, id);
        Ok(())
    }
}

fn id_of(body: &[u8]) -> Option<Uuid> {
    #[derive(serde::Deserialize)]
    struct Body {
        id: Uuid,
    }
    serde_json::from_slice::<Body>(body).ok().map(|body| body.id)
}
