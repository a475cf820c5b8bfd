//! When to stop: a signal, or whoever holds the switch.

use tokio::sync::watch;

/// Tells many that it is time to stop.
#[derive(Clone, Debug)]
pub(crate) struct Switch(watch::Sender<bool>);

/// Waits for the switch.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<bool>);

/// A switch and what waits for it.
pub(crate) fn switch() -> (Switch, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Switch(sender), Stop(receiver))
}

impl Switch {
    /// Time to stop.
    pub(crate) fn pull(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Returns when it is time to stop.
    pub(crate) async fn pulled(&mut self) {
        // A switch that is gone cannot be pulled any more: that is a stop too.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// Whether it is time to stop.
    pub(crate) fn is_pulled(&self) -> bool {
        *self.0.borrow()
    }
}

/// Pulls the switch at SIGTERM or SIGINT. A second SIGINT ends the process at once.
pub(crate) fn on_signal(switch: Switch) {
    tokio::spawn(async move {
        signal().await;
        switch.pull();
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}
