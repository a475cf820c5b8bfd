//! How many tokens the processors could sign if they did nothing else.

use std::sync::Arc;
use std::time::Duration;

use postern_core::jose::signing::{SigningAlgorithm, SigningKey};
use serde_json::json;

use crate::clock;

/// Signatures in a second, on all processors.
///
/// # Errors
/// When no key can be made.
pub(crate) async fn signatures(algorithm: SigningAlgorithm, measured: Duration) -> anyhow::Result<f64> {
    let key = Arc::new(SigningKey::generate(algorithm, "benchmark")?);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = tokio::task::spawn_blocking(move || {
        let running: Vec<_> = (0..threads)
            .map(|_| {
                let key = Arc::clone(&key);
                std::thread::spawn(move || count(&key, measured))
            })
            .collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).sum::<f64>()
    });
    Ok(work.await?)
}

fn count(key: &SigningKey, measured: Duration) -> f64 {
    let claims = json!({ "iss": "https://auth.example.com/0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01/as", "exp": 1_767_610_800 });
    let began = clock::now();
    let mut signed = 0_u32;
    while began.elapsed() < measured {
        if key.sign(Some("JWT"), &claims).is_ok() {
            signed += 1;
        }
    }
    f64::from(signed) / began.elapsed().as_secs_f64()
}
