//! Query parameters: each at most once, and only those that the route knows.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;

use super::body::Fault;
use crate::problem::Problem;
use crate::store::{Branch, Limit, Order, PageRequest};

/// The query parameters of a request.
#[derive(Debug)]
pub struct Query(BTreeMap<String, String>);

impl Query {
    /// Takes the pairs of the query string. 400 for a name that is not in `known`, or that is there
    /// twice.
    pub(super) fn new<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        known: &[&str],
    ) -> Result<Self, Problem> {
        let mut parameters = BTreeMap::new();
        for (name, value) in pairs {
            if !known.contains(&name) {
                return Err(invalid(name, "is not known here"));
            }
            if parameters.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(invalid(name, "must be given once"));
            }
        }
        Ok(Self(parameters))
    }

    /// A parameter whose value is one of a few words.
    pub fn word<'de, T: Deserialize<'de>>(&'de self, name: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        let words: StrDeserializer<'de, Fault> = text.as_str().into_deserializer();
        T::deserialize(words).map(Some).map_err(|fault| invalid(name, &fault.into_rule()))
    }

    /// `branch`: the active branch, or that of a message. A branch is read newest first, with all its
    /// messages.
    pub fn branch(&self) -> Result<Option<Branch>, Problem> {
        let Some(text) = self.0.get("branch") else { return Ok(None) };
        if self.0.contains_key("role") {
            return Err(invalid("role", "can't be used together with branch"));
        }
        if self.word("order")? == Some(Order::Asc) {
            return Err(invalid("order", "must be \"desc\" together with branch"));
        }
        let branch = match text.as_str() {
            "active" => Some(Branch::Active),
            id => id.parse().ok().map(Branch::To),
        };
        branch
            .map(Some)
            .ok_or_else(|| invalid("branch", "must be \"active\" or the id of a message"))
    }

    /// `limit`, `order` and `cursor`: the page of a list.
    pub fn page(&self, default: Order) -> Result<PageRequest, Problem> {
        let limit = match self.0.get("limit") {
            None => Some(Limit::default()),
            Some(text) if text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse().ok().and_then(Limit::new)
            }
            Some(_) => None,
        };
        Ok(PageRequest {
            limit: limit.ok_or_else(|| invalid("limit", "must be a whole number from 1 to 50"))?,
            order: self.word("order")?.unwrap_or(default),
            cursor: self.0.get("cursor").cloned(),
        })
    }
}

fn invalid(name: &str, rule: &str) -> Problem {
    // The name is the client's text, so that only its beginning is shown.
    Problem::InvalidQuery { name: name.chars().take(40).collect(), rule: rule.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ConversationOrder;

    fn query<'a>(pairs: &[(&'a str, &'a str)]) -> Result<Query, Problem> {
        Query::new(pairs.iter().copied(), &["limit", "order", "cursor", "sort"])
    }

    #[test]
    fn a_page_has_defaults_and_bounds() {
        let page = query(&[]).unwrap().page(Order::Desc).unwrap();
        assert_eq!((page.limit, page.order, page.cursor), (Limit::default(), Order::Desc, None));
        let page = query(&[("limit", "50"), ("order", "asc"), ("cursor", "x")]).unwrap();
        assert_eq!(page.page(Order::Desc).unwrap().order, Order::Asc);
        for limit in ["0", "-1", "51", "abc", "", "+1", "1.0", "99999999999999999999"] {
            assert!(query(&[("limit", limit)]).unwrap().page(Order::Asc).is_err(), "{limit}");
        }
        assert!(query(&[("order", "up")]).unwrap().page(Order::Asc).is_err());
    }

    #[test]
    fn unknown_and_repeated_names_are_refused() {
        assert!(query(&[("token", "x")]).is_err());
        assert!(query(&[("limit", "1"), ("limit", "2")]).is_err());
    }

    #[test]
    fn words() {
        let query = query(&[("sort", "updated_at"), ("order", "ASC")]).unwrap();
        assert_eq!(query.word("sort").unwrap(), Some(ConversationOrder::UpdatedAt));
        let refused = query.word::<Order>("order").unwrap_err();
        assert_eq!(refused.to_string(), "The query parameter order must be \"asc\" or \"desc\".");
        assert_eq!(query.word::<Order>("limit").unwrap(), None);
    }
}
