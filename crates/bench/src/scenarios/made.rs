//! Records that callers make together: each takes the next place and leaves its id there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use uuid::Uuid;

use crate::load::Fault;

/// A number of places. Clones share them.
#[derive(Clone)]
pub(crate) struct Made(Arc<Shared>);

struct Shared {
    next: AtomicUsize,
    ids: Mutex<Vec<Option<Uuid>>>,
}

impl Made {
    /// So many places.
    pub(crate) fn new(places: usize) -> Self {
        Self(Arc::new(Shared { next: AtomicUsize::new(0), ids: Mutex::new(vec![None; places]) }))
    }

    /// The next place.
    ///
    /// # Errors
    /// [`Fault::Exhausted`] when all are taken.
    pub(crate) fn next(&self) -> Result<usize, Fault> {
        let place = self.0.next.fetch_add(1, Ordering::Relaxed);
        let places = self.0.ids.lock().unwrap_or_else(PoisonError::into_inner).len();
        if place < places { Ok(place) } else { Err(Fault::Exhausted) }
    }

    /// Leaves the id of the record in a body, whose first member `id` at the top it is.
    ///
    /// # Errors
    /// [`Fault::Answer`] when the body has none.
    pub(crate) fn keep(&self, place: usize, body: &[u8]) -> Result<(), Fault> {
        let id = id_of(body).ok_or_else(|| Fault::Answer("an answer without an id".to_owned()))?;
        let mut ids = self.0.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = ids.get_mut(place) {
            *slot = Some(id);
        }
        Ok(())
    }

    /// All ids.
    ///
    /// # Errors
    /// When a place is empty.
    pub(crate) fn take(&self) -> anyhow::Result<Vec<Uuid>> {
        let ids = self.0.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.iter().copied().collect::<Option<Vec<_>>>().context("not everything was made")
    }
}

fn id_of(body: &[u8]) -> Option<Uuid> {
    #[derive(serde::Deserialize)]
    struct Body {
        id: Uuid,
    }
    serde_json::from_slice::<Body>(body).ok().map(|body| body.id)
}
