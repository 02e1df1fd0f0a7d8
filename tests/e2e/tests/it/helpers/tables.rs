//! A stack's tables, for code that runs in the test itself.

use harness::stack::Stack;
use shared::clock::Clock;
use shared::config::{CredentialsConfig, TableConfig};
use shared::store::Store;

/// The tables; `caller` is the name under which its calls are recorded.
pub fn tables(stack: &Stack, caller: &str) -> TableConfig {
    TableConfig {
        name: stack.template.table_name().to_owned(),
        keys_name: stack.template.keys_table_name().to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: Some(stack.proxy.url(caller)),
        credentials: CredentialsConfig {
            access_key_id: "local".to_owned(),
            secret_access_key: "local".to_owned().into(),
            session_token: None,
        },
        ca_bundle: None,
    }
}

/// The store, as the operator's program opens it.
pub fn store(stack: &Stack) -> Store {
    Store::new(&tables(stack, "operator"), Clock::System)
}
