use serde::{Deserialize, Serialize};

/// Where a browser goes on to after a sign-in that leads through another page. Each is a path of this
/// site or a trusted page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextPages {
    /// The page that follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// The page that follows if the user is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_user_callback_url: Option<String>,
    /// The page that follows if there is no sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_callback_url: Option<String>,
}

impl NextPages {
    /// The page after a sign-in; `None` if the request names none.
    pub fn after_sign_in(&self, is_new: bool) -> Option<&str> {
        let new = self.new_user_callback_url.as_deref().filter(|_| is_new);
        new.or(self.callback_url.as_deref())
    }

    /// The page after a failure; `None` if the request names none.
    pub fn on_error(&self) -> Option<&str> {
        self.error_callback_url.as_deref().or(self.callback_url.as_deref())
    }

    /// All that are named.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        [&self.callback_url, &self.new_user_callback_url, &self.error_callback_url]
            .into_iter()
            .filter_map(Option::as_deref)
    }
}
