//! One user, who does one thing after another.

mod account;
mod chat;
mod compare;
mod conversations;
mod mix;
mod send;
mod stream;

pub use chat::{ECHO, is_echo};
pub use mix::Mix;

use crate::told::{Conversation, Told};
use crate::world::World;
use fastrand::Rng;
use harness::http::Client;
use mix::Action;
use send::Call;
use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The addresses that users come from; each is a network of its own.
const FIRST_ADDRESS: u32 = u32::from_be_bytes([127, 1, 0, 1]);
/// More conversations than this are not begun.
const MAX_CONVERSATIONS: usize = 8;
/// What a user did last is remembered: so many tries.
const MAX_LAST: usize = 12;

/// A user of the application, on one device.
#[derive(Debug)]
pub struct User {
    world: Arc<World>,
    client: Client,
    rng: Rng,
    /// Makes addresses and texts that nobody else has.
    name: String,
    count: u32,
    told: Told,
    /// Accounts that this person had before.
    before: Vec<Told>,
    /// The last tries, to find out what led to something wrong.
    last: VecDeque<String>,
}

impl User {
    /// The user of this number. The same seed does the same things.
    pub fn new(world: Arc<World>, number: u16, seed: u64) -> Self {
        let address = Ipv4Addr::from_bits(FIRST_ADDRESS + u32::from(number));
        Self {
            world,
            client: Client::from_address(address),
            rng: Rng::with_seed(seed.wrapping_mul(10_007).wrapping_add(number.into())),
            name: format!("u{number}"),
            count: 0,
            told: Told::default(),
            before: Vec::new(),
            last: VecDeque::new(),
        }
    }

    /// Works until the time is over; what they were told is in all accounts that they had.
    pub async fn live(mut self) -> Vec<Told> {
        // All signing up at once would only measure password hashes.
        self.rest(self.world.mix.pauses_before()).await;
        if self.sign_up().await {
            while self.world.goes_on() {
                self.rest(1).await;
                // Right after the last fault, everybody comes at once, and everything must work.
                if self.world.goes_on() || self.world.faults {
                    self.act().await;
                }
            }
        }
        self.before.push(self.told);
        self.before
    }

    /// Some pauses, together of a random length.
    async fn rest(&mut self, pauses: u32) {
        let time = self.world.pause.mul_f64(2.0 * self.rng.f64()) * pauses;
        let left = self.world.ends.saturating_duration_since(Instant::now());
        tokio::time::sleep(time.min(left + Duration::from_millis(1))).await;
    }

    async fn act(&mut self) {
        match self.world.mix.choose(&mut self.rng) {
            Action::Chat => self.chat().await,
            Action::ChatStreamed => self.chat_streamed().await,
            Action::Append => self.append().await,
            Action::ReadSession => self.read_session().await,
            Action::ReadToken => self.read_token().await,
            Action::ReadProfile => self.read_profile().await,
            Action::ReadContext => self.read_context().await,
            Action::ListSessions => self.list_sessions().await,
            Action::ListConversations => self.list_conversations().await,
            Action::ReadConversation => self.read_conversation().await,
            Action::Begin => self.begin().await,
            Action::Rename => self.rename().await,
            Action::DeleteConversation => self.delete_conversation().await,
            Action::PutProfile => self.put_profile().await,
            Action::UpdateUser => self.update_user().await,
            Action::Rate => self.rate().await,
            Action::ListInteractions => self.list_interactions().await,
            Action::SignOutAndIn => self.sign_out_and_in().await,
            Action::AnotherDevice => self.another_device().await,
            Action::ChangePassword => self.change_password().await,
            Action::Leave => self.leave().await,
        }
    }

    /// A word that was never used before in this run.
    fn word(&mut self) -> String {
        self.count += 1;
        format!("{}-{}", self.name, self.count)
    }

    /// A text that was never used before.
    fn text(&mut self) -> String {
        let word = self.word();
        let more = ["servos", "a robot's arm", "an emoji 🦀", "a bus", "ångströms", "torque"];
        let count = self.rng.usize(1..30);
        let words: Vec<&str> = (0..count).filter_map(|_| self.rng.choice(more)).collect();
        format!("{word}: tell me of {}", words.join(" and "))
    }

    /// One of the conversations, if there is any.
    fn some_conversation(&mut self) -> Option<u64> {
        let at = self.rng.usize(..self.told.conversations.len().max(1));
        self.told.conversations.keys().nth(at).copied()
    }

    fn conversation(&mut self, id: u64) -> &mut Conversation {
        self.told.conversations.entry(id).or_default()
    }

    fn wrong(&self, text: &str) {
        self.world.wrong.note_of(&self.told.email, text, || {
            let mut lines = self.last.iter().cloned().collect::<Vec<_>>();
            lines.insert(0, String::new());
            lines.join("\n      before it: ")
        });
    }

    /// Remembers a try.
    fn remember(&mut self, call: &Call, status: u16, body: &[u8]) {
        const MAX_CHARACTERS: usize = 160;
        let shown = |body: &[u8]| -> String {
            String::from_utf8_lossy(body).chars().take(MAX_CHARACTERS).collect()
        };
        let sent = call.body.as_ref().map(|body| shown(body.to_string().as_bytes()));
        let at = self.world.record.elapsed().as_millis();
        if self.last.len() == MAX_LAST {
            self.last.pop_front();
        }
        self.last.push_back(format!(
            "{at} ms: {} {} {} -> {status} {}",
            call.method,
            call.path,
            sent.unwrap_or_default(),
            shown(body)
        ));
    }

    fn is(&self, what: &str, is_so: bool, found: &impl std::fmt::Debug) -> bool {
        if !is_so {
            self.wrong(&format!("{what}: {found:?}"));
        }
        is_so
    }
}
