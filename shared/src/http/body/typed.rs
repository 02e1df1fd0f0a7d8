//! JSON values as types. Serde's derived types would also take a list for an object, by position, and
//! an object for a word: here an object comes from an object and a word from a text only.

use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Number, Value};

use super::Fault;

/// A value that is to become a type.
#[derive(Debug)]
pub(super) struct Node {
    value: Value,
    /// Whether it comes from an HTML form, where every field is text.
    is_of_form: bool,
}

impl Node {
    /// A value of a JSON body.
    pub(super) fn of_json(value: Value) -> Self {
        Self { value, is_of_form: false }
    }

    /// The fields of an HTML form.
    pub(super) fn of_form(fields: Value) -> Self {
        Self { value: fields, is_of_form: true }
    }
}

impl<'de> Deserializer<'de> for Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let is_of_form = self.is_of_form;
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => visit_number(&number, visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(values) => {
                visitor.visit_seq(List { values: values.into_iter().enumerate(), is_of_form })
            }
            Value::Object(fields) => {
                visitor.visit_map(Object { fields: fields.into_iter(), next: None, is_of_form })
            }
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if self.value.is_object() {
            self.deserialize_any(visitor)
        } else {
            Err(Fault::must_be("an object"))
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            Value::String(name) => visitor.visit_enum(name.into_deserializer()),
            _ => Err(Fault::unknown_variant("", names)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if !self.is_of_form {
            return self.deserialize_any(visitor);
        }
        match self.value.as_str() {
            // Browsers send `on` for a box that is ticked.
            Some("true" | "on") => visitor.visit_bool(true),
            Some("false" | "off" | "") => visitor.visit_bool(false),
            _ => Err(Fault::must_be("true or false")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        // A form has no other way to say that there is no value.
        let is_empty_field = self.is_of_form && self.value.as_str() == Some("");
        if self.value.is_null() || is_empty_field {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Fault> {
    if let Some(number) = number.as_u64() {
        visitor.visit_u64(number)
    } else if let Some(number) = number.as_i64() {
        visitor.visit_i64(number)
    } else {
        // Without this library's option for numbers of any length, any other number is an f64.
        visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
    }
}

/// The values of a list.
struct List<I> {
    values: I,
    is_of_form: bool,
}

impl<'de, I: Iterator<Item = (usize, Value)>> SeqAccess<'de> for List<I> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some((index, value)) = self.values.next() else { return Ok(None) };
        let node = Node { value, is_of_form: self.is_of_form };
        seed.deserialize(node).map(Some).map_err(|fault| fault.within(index))
    }
}

/// The fields of an object.
struct Object {
    fields: <Map<String, Value> as IntoIterator>::IntoIter,
    /// The field whose key was read.
    next: Option<(String, Value)>,
    is_of_form: bool,
}

impl<'de> MapAccess<'de> for Object {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some((key, value)) = self.fields.next() else { return Ok(None) };
        let read = seed.deserialize(key.as_str().into_deserializer())?;
        self.next = Some((key, value));
        Ok(Some(read))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some((key, value)) = self.next.take() else {
            return Err(Fault::custom("is not known here"));
        };
        let node = Node { value, is_of_form: self.is_of_form };
        seed.deserialize(node).map_err(|fault| fault.within(key))
    }
}
