use super::placeholders::Placeholders;
use crate::store::item::AttributeValue;

/// What must be true of an item for a write to happen, with the names and values that the
/// condition itself uses.
#[derive(Debug, Clone)]
pub(in crate::store) struct Condition {
    pub(super) expression: String,
    pub(super) placeholders: Placeholders,
}

impl Condition {
    /// A condition expression.
    pub(in crate::store) fn new(expression: impl Into<String>) -> Self {
        Self { expression: expression.into(), placeholders: Placeholders::default() }
    }

    /// The attribute has this value; `None` is that it has none.
    pub(in crate::store) fn is(attribute: &str, value: impl Into<Option<AttributeValue>>) -> Self {
        let name = format!(":seen_{attribute}");
        match value.into() {
            Some(value) => Self::new(format!("{attribute} = {name}")).value(&name, value),
            None => Self::new(format!("attribute_not_exists({attribute})")),
        }
    }

    /// There is no such item yet.
    pub(in crate::store) fn absent() -> Self {
        Self::new("attribute_not_exists(pk)")
    }

    /// There is such an item.
    pub(in crate::store) fn present() -> Self {
        Self::new("attribute_exists(pk)")
    }

    /// Both conditions are true.
    pub(in crate::store) fn and(mut self, other: Self) -> Self {
        self.expression = format!("({}) AND ({})", self.expression, other.expression);
        self.placeholders.merge(other.placeholders);
        self
    }

    /// Gives a value, under a name such as `:now`.
    pub(in crate::store) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.placeholders.value(name, value);
        self
    }

    /// Gives another name, such as `#ttl`, to an attribute whose own is reserved by DynamoDB.
    pub(in crate::store) fn name(mut self, name: &str, attribute: &str) -> Self {
        self.placeholders.name(name, attribute);
        self
    }
}
