//! What users do, and how often.

use fastrand::Rng;

/// What the users of a run do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mix {
    /// All that clients of Tessera do.
    Everything,
    /// What Better Auth offers, too, on the same routes.
    Accounts,
}

/// One thing that a user does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Chat,
    ChatStreamed,
    Append,
    ReadSession,
    ReadToken,
    ReadProfile,
    ReadContext,
    ListSessions,
    ListConversations,
    ReadConversation,
    Begin,
    Rename,
    DeleteConversation,
    PutProfile,
    UpdateUser,
    Rate,
    ListInteractions,
    SignOutAndIn,
    AnotherDevice,
    ChangePassword,
    Leave,
}

/// Of a hundred.
const EVERYTHING: [(Action, u32); 21] = [
    (Action::Chat, 10),
    (Action::ChatStreamed, 7),
    (Action::Append, 12),
    (Action::ReadSession, 10),
    (Action::ReadToken, 1),
    (Action::ReadProfile, 9),
    (Action::ReadContext, 5),
    (Action::ListSessions, 1),
    (Action::ListConversations, 8),
    (Action::ReadConversation, 10),
    (Action::Begin, 5),
    (Action::Rename, 2),
    (Action::DeleteConversation, 2),
    (Action::PutProfile, 3),
    (Action::UpdateUser, 2),
    (Action::Rate, 4),
    (Action::ListInteractions, 3),
    (Action::SignOutAndIn, 2),
    (Action::AnotherDevice, 2),
    (Action::ChangePassword, 1),
    (Action::Leave, 1),
];

/// Of two hundred. A page asks for the session each time it is opened, and seldom signs in: one request in
/// twenty hashes a password.
const ACCOUNTS: [(Action, u32); 8] = [
    (Action::ReadSession, 160),
    (Action::ReadToken, 12),
    (Action::ListSessions, 12),
    (Action::UpdateUser, 8),
    (Action::SignOutAndIn, 4),
    (Action::AnotherDevice, 2),
    (Action::ChangePassword, 1),
    (Action::Leave, 1),
];

impl Mix {
    /// What a user does next.
    pub fn choose(self, rng: &mut Rng) -> Action {
        let actions = self.actions();
        let total: u32 = actions.iter().map(|(_, weight)| weight).sum();
        let mut drawn = rng.u32(..total);
        for (action, weight) in actions {
            if drawn < *weight {
                return *action;
            }
            drawn -= weight;
        }
        Action::ReadSession
    }

    /// So many pauses, on average, a user waits before the sign-up.
    pub fn pauses_before(self) -> u32 {
        match self {
            Self::Everything => 4,
            Self::Accounts => 15,
        }
    }

    fn actions(self) -> &'static [(Action, u32)] {
        match self {
            Self::Everything => &EVERYTHING,
            Self::Accounts => &ACCOUNTS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_come_as_often_as_their_mix_says() {
        for (mix, total) in [(Mix::Everything, 100), (Mix::Accounts, 200)] {
            let actions = mix.actions();
            assert_eq!(actions.iter().map(|(_, weight)| weight).sum::<u32>(), total, "{mix:?}");
            let mut rng = Rng::with_seed(1);
            let drawn: Vec<Action> = (0..total * 100).map(|_| mix.choose(&mut rng)).collect();
            for (action, weight) in actions {
                let count = drawn.iter().filter(|one| *one == action).count();
                let most = usize::try_from(*weight).unwrap() * 100;
                assert!(count > most / 2 && count < most * 2, "{mix:?} {action:?}: {count}");
            }
        }
    }

    #[test]
    fn the_same_seed_chooses_the_same() {
        let drawn = |seed| {
            let mut rng = Rng::with_seed(seed);
            (0..50).map(|_| Mix::Accounts.choose(&mut rng)).collect::<Vec<_>>()
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
    }
}
