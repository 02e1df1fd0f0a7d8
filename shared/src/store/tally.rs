//! Counts interactions in the tallies of their days. The transaction that counts an interaction also
//! marks it with what is counted of it. So an interaction counts once, however often it is given.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::item::{self, Item};
use super::keys::{self, Key};
use super::read::back_off;
use super::write::{Condition, Update, Write, WriteError};
use super::{Kind, Store, StoreError};
use crate::clock::Timestamp;
use crate::model::{Counted, Interaction, TallyChange, UserGroup};

/// How long a tally is kept after its day.
const LIFETIME: Duration = Duration::from_hours(400 * 24);
/// Interactions that are read in one call.
const MAX_READ: usize = 100;
/// Interactions that are counted in one transaction, which then has at most twice as many parts.
const MAX_TOGETHER: usize = 25;
/// Maximum tries to count interactions together, and then each alone, while others are in the way.
const MAX_TRIES: u32 = 4;
/// What is counted of an interaction, in its row.
const MARK: &str = "tallied";

/// The key of an interaction, as the table's stream gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InteractionKey(Key);

impl InteractionKey {
    /// The key of a record; `None` if it is of another kind of item.
    pub fn of(pk: &str, sk: &str) -> Option<Self> {
        sk.starts_with(keys::INTERACTION)
            .then(|| Self(Key { pk: pk.to_owned(), sk: sk.to_owned() }))
    }

    /// The interaction's id.
    pub fn id(&self) -> &str {
        self.0.sk.trim_start_matches(keys::INTERACTION)
    }
}

/// An interaction that can't be read, and why.
pub type MalformedInteraction = (InteractionKey, StoreError);

/// What a tally has come to.
#[derive(Debug, Default)]
pub struct Tallied {
    /// How many interactions were counted, for the first time or with another rating.
    pub counted: usize,
    /// The interactions that can't be read. They are left out.
    pub malformed: Vec<MalformedInteraction>,
    /// Why some were not counted, if so. They may be given again.
    pub failure: Option<StoreError>,
}

/// An interaction that is not counted as it is now.
#[derive(Debug)]
struct Due {
    key: InteractionKey,
    interaction: Interaction,
    before: Option<Counted>,
    now: Counted,
}

/// Counts interactions.
#[derive(Debug)]
pub struct Tallier<'a> {
    store: &'a Store,
}

impl<'a> Tallier<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Counts these interactions as they are now, each once. Those that are gone are left out.
    pub async fn tally(&self, interactions: impl IntoIterator<Item = InteractionKey>) -> Tallied {
        let distinct: BTreeSet<_> = interactions.into_iter().collect();
        let distinct: Vec<_> = distinct.into_iter().collect();
        let mut tallied = Tallied::default();
        for some in distinct.chunks(MAX_READ) {
            match self.due(some).await {
                Ok((due, mut malformed)) => {
                    tallied.malformed.append(&mut malformed);
                    self.count_all(due, &mut tallied).await;
                }
                Err(error) => tallied.failure = Some(error),
            }
        }
        tallied
    }

    /// Counts as many together as a transaction takes. Where others stay in the way, each is counted
    /// alone, so that one of them does not hold up the rest.
    async fn count_all(&self, due: Vec<Due>, tallied: &mut Tallied) {
        let mut left = due.into_iter().peekable();
        while left.peek().is_some() {
            let together: Vec<Due> = left.by_ref().take(MAX_TOGETHER).collect();
            let keys: Vec<_> = together.iter().map(|due| due.key.clone()).collect();
            match self.count(together).await {
                Ok(counted) => tallied.counted += counted,
                Err(StoreError::Conflict(_)) => self.count_each(&keys, tallied).await,
                Err(error) => tallied.failure = Some(error),
            }
        }
    }

    async fn count_each(&self, keys: &[InteractionKey], tallied: &mut Tallied) {
        for key in keys {
            let counted = match self.due(std::slice::from_ref(key)).await {
                Ok((due, _)) => self.count(due).await,
                Err(error) => Err(error),
            };
            match counted {
                Ok(counted) => tallied.counted += counted,
                Err(error) => tallied.failure = Some(error),
            }
        }
    }

    /// Counts these interactions in one transaction. While others are in the way, counts what they have
    /// left; [`StoreError::Conflict`] if they stay in the way.
    async fn count(&self, mut due: Vec<Due>) -> Result<usize, StoreError> {
        let keys: Vec<_> = due.iter().map(|due| due.key.clone()).collect();
        let mut tries = 0;
        loop {
            if due.is_empty() {
                return Ok(0);
            }
            let in_the_way = match self.store.transact(writes(&due)?).await {
                Ok(()) => return Ok(due.len()),
                Err(WriteError::Store(error)) if !matches!(error, StoreError::Conflict(_)) => {
                    return Err(error);
                }
                Err(in_the_way) => in_the_way,
            };
            tries += 1;
            if tries == MAX_TRIES {
                return Err(in_the_way.into());
            }
            back_off(tries).await;
            (due, _) = self.due(&keys).await?;
        }
    }

    /// Those of the interactions that are not counted as they are now, and those that can't be read. A
    /// rating that comes after the end of its tally counts no more.
    async fn due(
        &self,
        keys: &[InteractionKey],
    ) -> Result<(Vec<Due>, Vec<MalformedInteraction>), StoreError> {
        let wanted: Vec<Key> = keys.iter().map(|key| key.0.clone()).collect();
        let mut rows = self.store.get(&wanted).await?;
        let now = self.store.clock.now();
        let (mut due, mut malformed) = (Vec::new(), Vec::new());
        for key in keys {
            match rows.take_item(&key.0).map(|item| read(key, item)) {
                Some(Ok(found)) => {
                    let is_due = found.before != Some(found.now);
                    due.extend((is_due && end(&found.interaction) > now).then_some(found));
                }
                Some(Err(error)) => malformed.push((key.clone(), error)),
                None => {}
            }
        }
        Ok((due, malformed))
    }
}

fn read(key: &InteractionKey, item: Item) -> Result<Due, StoreError> {
    let before = item.get(MARK).cloned().map(serde_dynamo::from_attribute_value).transpose()?;
    let interaction: Interaction = item::read(item)?;
    let now = Counted::from(&interaction);
    Ok(Due { key: key.clone(), interaction, before, now })
}

/// When the tally of an interaction ends.
fn end(interaction: &Interaction) -> Timestamp {
    interaction.timestamp.next_day().plus(LIFETIME)
}

/// Marks each interaction, and changes each tally.
fn writes(due: &[Due]) -> Result<Vec<Write<Update>>, StoreError> {
    let mut tallies: BTreeMap<Key, (&Interaction, TallyChange)> = BTreeMap::new();
    let mut writes = Vec::new();
    for one in due {
        let tally = tallies.entry(keys::tally(&one.interaction));
        let (_, change) = tally.or_insert_with(|| (&one.interaction, TallyChange::default()));
        change.add(&one.interaction.user_id, one.before, one.now);
        writes.push(mark(one)?);
    }
    for (key, (of, change)) in tallies {
        writes.push(changed(&key, of, &change)?);
    }
    Ok(writes)
}

/// Marks an interaction with what is counted of it, if it is still there and nobody else has counted it.
fn mark(due: &Due) -> Result<Write<Update>, StoreError> {
    let update = Write::update(&due.key.0).set(MARK, item::value(due.now)?);
    Ok(match due.before {
        None => {
            let unmarked = Condition::new(format!("attribute_not_exists({MARK})"));
            update.when(Condition::present()).when(unmarked)
        }
        Some(before) => {
            let same = Condition::new(format!("{MARK} = :before"));
            update.when(same.value(":before", item::value(before)?))
        }
    })
}

/// Changes the tally that counts interactions like this one, and makes it if it is the first one.
fn changed(key: &Key, of: &Interaction, change: &TallyChange) -> Result<Write<Update>, StoreError> {
    let numbers = [
        ("count", change.count),
        ("rated", change.rated),
        ("sum", change.sum),
        ("squares", change.squares),
    ];
    let groups = |groups: &BTreeSet<UserGroup>| item::numbers(groups.iter().map(|group| group.0));
    let mut update = Write::update(key)
        .set_kind(Kind::Tally)
        .set("date", item::s(of.timestamp.date()))
        .set("content_type", item::value(&of.content_type)?)
        .set("background_used", item::value(of.background_used)?)
        .set("ttl", item::n(end(of).seconds()))
        .add("groups", groups(&change.groups));
    // A set is never empty.
    if !change.rated_groups.is_empty() {
        update = update.add("rated_groups", groups(&change.rated_groups));
    }
    for (name, more) in numbers {
        update = update.add(name, item::n(more));
    }
    for (rating, more) in change.distribution.into_iter().enumerate() {
        update = update.add(&ratings(rating), item::n(more));
    }
    Ok(update)
}

/// The attribute of a tally with the number of ratings that are nearest to this one.
pub(super) fn ratings(nearest: usize) -> String {
    format!("rated_{nearest}")
}
