//! JSON text that is read one level at a time. What nobody asks for is skipped without a limit on its
//! kind, size or depth, and nothing of it stays in memory.

use std::collections::VecDeque;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Value, from_str};
use shared::http;
use shared::problem::Problem;

/// A JSON value as text.
#[derive(Clone, Copy)]
pub struct Raw<'a>(&'a RawValue);

impl<'a> Raw<'a> {
    /// The value that the whole text is; 400 if it is not JSON.
    pub fn of(text: &'a str) -> http::Result<Self> {
        from_str(text).map(Self).map_err(malformed)
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.0.get().starts_with('{')
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        self.0.get().starts_with('[')
    }

    /// The text, if it is one.
    pub fn text(self) -> Option<String> {
        from_str(self.0.get()).ok()
    }

    /// The value, with nothing in it if it is an object or a list.
    pub fn shallow(self) -> http::Result<Value> {
        match self.0.get().chars().next() {
            Some('{') => Ok(Value::Object(serde_json::Map::new())),
            Some('[') => Ok(Value::Array(Vec::new())),
            _ => from_str(self.0.get()).map_err(malformed),
        }
    }

    /// The values of an object under these names, `None` also for `null`. 400 if a name is there twice.
    pub fn fields<const N: usize>(self, names: [&str; N]) -> http::Result<[Option<Raw<'a>>; N]> {
        Ok(self.values(names)?.map(|value| value.filter(|value| !value.is_null())))
    }

    /// The value of an object under this name, also `null`.
    pub fn field(self, name: &str) -> http::Result<Option<Raw<'a>>> {
        let [value] = self.values([name])?;
        Ok(value)
    }

    fn values<const N: usize>(self, names: [&str; N]) -> http::Result<[Option<Raw<'a>>; N]> {
        let mut deserializer = serde_json::Deserializer::from_str(self.0.get());
        let found = deserializer.deserialize_map(Fields(names)).map_err(malformed)?;
        Ok(found.map(|raw| raw.map(Raw)))
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.0.get() == "null"
    }

    /// The whole number, if it is one.
    pub fn number(self) -> Option<u64> {
        from_str(self.0.get()).ok()
    }

    /// The last values of a list with their indices, at most `max`.
    pub fn last(self, max: usize) -> http::Result<VecDeque<(usize, Raw<'a>)>> {
        let mut last = VecDeque::new();
        self.each(|index, value| {
            if last.len() == max {
                last.pop_front();
            }
            last.push_back((index, value));
        })?;
        Ok(last)
    }

    /// Calls `take` with each value of a list and its index.
    pub fn each(self, take: impl FnMut(usize, Raw<'a>)) -> http::Result<()> {
        let mut deserializer = serde_json::Deserializer::from_str(self.0.get());
        deserializer.deserialize_seq(Each(take)).map_err(malformed)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is named in map_err")]
fn malformed(error: serde_json::Error) -> Problem {
    Problem::MalformedBody(error.to_string())
}

struct Fields<'n, const N: usize>([&'n str; N]);

impl<'de, const N: usize> Visitor<'de> for Fields<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(index) = map.next_key_seed(Name(&self.0))? {
            match index.and_then(|index| found.get_mut(index)) {
                Some(Some(_)) => return Err(A::Error::custom("a key appears twice")),
                Some(empty) => *empty = Some(map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

/// Reads a key as its index in these names.
struct Name<'n>(&'n [&'n str]);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|name| *name == key))
    }
}

struct Each<F>(F);

impl<'de, F: FnMut(usize, Raw<'de>)> Visitor<'de> for Each<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(raw) = seq.next_element::<&RawValue>()? {
            (self.0)(index, Raw(raw));
            index += 1;
        }
        Ok(())
    }
}
