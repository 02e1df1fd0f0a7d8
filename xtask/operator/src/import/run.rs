//! The import itself: several users at once, each in a transaction of its own.

use std::collections::HashSet;

use futures_util::StreamExt;
use futures_util::stream;
use shared::store::{ImportOutcome, Operator, StoreError};

use super::candidate::{Candidate, Reason};
use super::file::Database;
use super::summary::{Mode, Summary, shown};

/// Users whose writes are under way at the same time.
const AT_ONCE: usize = 8;

/// Imports all users who can be, and calls `progress` with how many are done. The first failure of the
/// table ends it.
pub async fn import(
    operator: &Operator<'_>,
    database: Database,
    mode: Mode,
    progress: &mut (dyn FnMut(usize) + Send),
) -> (Summary, Option<StoreError>) {
    let mut summary = Summary::new(mode, database.users.len());
    let Database { users, mut hashes } = database;
    let (mut candidates, mut ids, mut addresses) = (Vec::new(), HashSet::new(), HashSet::new());
    for row in users {
        let hash = row.id.as_str().and_then(|id| hashes.remove(id));
        let candidate = Candidate::of(&row, hash).and_then(|candidate| {
            let user = &candidate.user;
            let is_new = ids.insert(user.user_id.clone())
                && addresses.insert(user.email.as_str().to_owned());
            if is_new { Ok(candidate) } else { Err(Reason::Twice) }
        });
        match candidate {
            Ok(candidate) => candidates.push(candidate),
            Err(reason) => summary.skipped.entry(reason).or_default().push(shown(&row.id)),
        }
    }
    let outcomes = candidates.into_iter().map(|candidate| async move {
        let outcome = match mode {
            Mode::Import => operator.import(&candidate.user).await,
            Mode::Foresee => operator.foresee_import(&candidate.user).await,
        };
        outcome.map(|outcome| (candidate, outcome))
    });
    let mut outcomes = stream::iter(outcomes).buffer_unordered(AT_ONCE);
    while let Some(outcome) = outcomes.next().await {
        match outcome {
            Ok((candidate, outcome)) => count(&mut summary, candidate, outcome),
            Err(error) => return (summary, Some(error)),
        }
        progress(summary.done());
    }
    (summary, None)
}

fn count(summary: &mut Summary, candidate: Candidate, outcome: ImportOutcome) {
    let id = candidate.user.user_id.to_string();
    let reason = match outcome {
        ImportOutcome::Imported => {
            summary.imported += 1;
            for part in candidate.left_out {
                summary.left_out.entry(part).or_default().push(id.clone());
            }
            return;
        }
        ImportOutcome::AlreadyThere => {
            summary.already_there += 1;
            return;
        }
        ImportOutcome::EmailTaken => Reason::AddressTaken,
        ImportOutcome::Erased => Reason::Erased,
    };
    summary.skipped.entry(reason).or_default().push(id);
}
