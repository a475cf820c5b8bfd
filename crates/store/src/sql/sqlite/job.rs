//! A write on its way through the writer thread: the work, then its answer.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::sql::{Result, StoreError, Tx};

/// What the writer thread does with a write, whatever its types.
pub(crate) trait Job: Send {
    /// Whether nobody waits for the answer any more.
    fn is_unwanted(&self) -> bool;
    /// Does the work. `true` keeps what it did, `false` undoes it.
    fn run(&mut self, tx: &mut Tx) -> bool;
    /// Answers the caller, after the group became durable or failed.
    fn answer(self: Box<Self>, group: Result<()>);
}

/// A write as it was given to [`Db::write`](crate::sql::Db::write).
pub(crate) struct Work<A, T, E, F> {
    args: A,
    work: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<A, T, E, F> Work<A, T, E, F> {
    pub(crate) const fn new(args: A, work: F, reply: oneshot::Sender<Result<T, E>>) -> Self {
        Self { args, work, outcome: None, reply }
    }
}

impl<A, T, E, F> Job for Work<A, T, E, F>
where
    F: for<'t> Fn(&'t mut Tx, &'t A) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    A: Send + Sync + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    fn is_unwanted(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut Tx) -> bool {
        let polled = catch_unwind(AssertUnwindSafe(|| (self.work)(tx, &self.args).now_or_never()));
        let outcome = match polled {
            Ok(Some(outcome)) => tx.conclude(outcome),
            Ok(None) => {
                Err(StoreError::unavailable("the work waited for something other than its transaction")
                    .into())
            }
            Err(_) => Err(StoreError::unavailable("the work panicked").into()),
        };
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    /// A refusal may rest on what a neighbour wrote, so it is worth nothing either when the group failed.
    fn answer(self: Box<Self>, group: Result<()>) {
        let outcome = match (group, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(StoreError::unavailable("the work was not run").into()),
            (Err(error), _) => Err(error.into()),
        };
        // The caller may have left meanwhile.
        let _ = self.reply.send(outcome);
    }
}
