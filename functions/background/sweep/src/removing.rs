//! The jobs: those of the stream's records, and those that are left, oldest first, as far as the time
//! goes. The next day goes on from there, since jobs that are done are gone.

use std::time::Duration;

use shared::app::App;
use shared::clock::Timestamp;
use shared::http::Result;
use shared::log;
use shared::store::{FoundJob, StoreError, Sweeper, Swept};

/// Does the jobs among the items with these keys. The stream waits meanwhile, so what takes longer than a
/// minute is left to the daily schedule.
pub async fn new_jobs(app: &'static App, keys: &[(&str, &str)], end: Timestamp) -> Swept {
    let end = end.min(app.clock.now().plus(Duration::from_mins(1)));
    let sweeper = app.store.sweeper();
    let mut swept = Swept::default();
    loop {
        // A job may note how far it was done, so it is read again each time.
        let (jobs, malformed) = read(&sweeper, keys).await;
        let again = sweeper.sweep(&jobs, end).await;
        let goes_on = again.more && again.failure.is_none() && app.clock.now() < end;
        swept.more = false;
        swept.add(again);
        swept.failure = malformed.or(swept.failure);
        if !goes_on {
            return swept;
        }
    }
}

/// The jobs that are not done, and what is wrong with one that can't be read.
async fn read(sweeper: &Sweeper<'_>, keys: &[(&str, &str)]) -> (Vec<FoundJob>, Option<StoreError>) {
    let (mut jobs, mut malformed) = (Vec::new(), None);
    for (pk, sk) in keys {
        match sweeper.job(pk, sk).await {
            Ok(job) => jobs.extend(job),
            Err(error) => malformed = Some(error),
        }
    }
    (jobs, malformed)
}

/// A page of jobs after the other. A job with very many items does not keep the jobs behind it
/// waiting: its turn comes again after theirs.
pub async fn all_jobs(app: &'static App, end: Timestamp) -> Result<Swept> {
    let sweeper = app.store.sweeper();
    let now = app.clock.now();
    let (mut all, mut from, mut oldest) = (Swept::default(), None, None);
    loop {
        let page = sweeper.page(from).await?;
        // A job that is a day old is due now. Older ones have failed before.
        let first = oldest.get_or_insert(page.jobs.first().map_or(now, FoundJob::created_at));
        log::note("sweep_age", first.until(now).as_secs());
        all.failure = page.malformed.or(all.failure.take());
        all.add(sweeper.sweep(&page.jobs, end).await);
        from = page.next;
        let is_over = app.clock.now() >= end;
        if is_over || (from.is_none() && (!all.more || all.failure.is_some())) {
            all.more |= is_over && from.is_some();
            return Ok(all);
        }
        if from.is_none() {
            all.more = false;
        }
    }
}
