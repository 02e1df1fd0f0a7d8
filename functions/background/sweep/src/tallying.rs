//! The tallies of interactions, which say what helped.

use shared::app::App;
use shared::causes;
use shared::store::{InteractionKey, Tallied};

/// Counts the interactions among the items with these keys. One that can't be read is logged and left
/// out, since it would keep the stream waiting.
pub async fn tally(app: &'static App, keys: &[(&str, &str)]) -> Tallied {
    let interactions = keys.iter().filter_map(|(pk, sk)| InteractionKey::of(pk, sk));
    let tallied = app.store.tallier().tally(interactions).await;
    for (interaction, error) in &tallied.malformed {
        tracing::error!(
            interaction_id = interaction.id(),
            cause = causes::on_one_line(error),
            "an interaction can't be counted"
        );
    }
    tallied
}
