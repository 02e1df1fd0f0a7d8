//! The store of a stack's table, as the operator's program opens it.

use harness::stack::Stack;
use shared::clock::Clock;
use shared::config::{CredentialsConfig, TableConfig};
use shared::store::Store;

pub fn store(stack: &Stack) -> Store {
    let config = TableConfig {
        name: stack.template.table_name().to_owned(),
        keys_name: stack.template.keys_table_name().to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: Some(stack.proxy.url("operator")),
        credentials: CredentialsConfig {
            access_key_id: "local".to_owned(),
            secret_access_key: "local".to_owned().into(),
            session_token: None,
        },
        ca_bundle: None,
    };
    Store::new(&config, Clock::System)
}
