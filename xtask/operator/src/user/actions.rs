//! What each action does, and says.

use anyhow::{Result, bail};
use shared::clock::{Clock, Timestamp};
use shared::id::UserId;
use shared::model::Failures;
use shared::store::{Operator, UserFacts};
use shared::text::Email;

use super::Action;
use crate::table::explain;

/// Does what was asked for; what changes something, only with `yes`.
pub async fn act(operator: &Operator<'_>, action: Action, email: &Email, yes: bool) -> Result<()> {
    let address = email.as_str();
    let user = operator.find(email).await.map_err(explain)?;
    let Some(user) = user else {
        if action == Action::Unlock {
            if yes {
                operator.unlock(email, None).await.map_err(explain)?;
            }
            say(yes, &format!("unlock the address {address}, which has no account"));
            return Ok(());
        }
        bail!("nobody has the address {address}. Look for spelling mistakes, and at --table");
    };
    match action {
        Action::Find => println!("{user}"),
        Action::Show => show(&operator.show(&user).await.map_err(explain)?),
        Action::Export => export(operator, &user).await?,
        Action::Unlock => {
            if yes {
                operator.unlock(email, Some(&user)).await.map_err(explain)?;
            }
            say(yes, &format!("unlock {address} and the user {user}"));
        }
        Action::SignOut => {
            if yes {
                operator.sign_out(&user).await.map_err(explain)?;
            }
            say(yes, &format!("end all sessions of the user {user} ({address})"));
        }
        Action::Delete => {
            if yes {
                operator.erase(&user).await.map_err(explain)?;
            }
            say(yes, &format!("delete the user {user} ({address}) with everything of the user"));
        }
    }
    Ok(())
}

/// Says what was done, or what would be.
fn say(yes: bool, what: &str) {
    if yes {
        println!("Done: {what}.");
    } else {
        println!("Nothing has been changed. With --yes, this would {what}.");
    }
}

fn show(facts: &UserFacts) {
    let account = &facts.account;
    let verified = if account.email_verified { "verified" } else { "not verified" };
    println!("user           {}", account.user_id);
    println!("address        {} ({verified})", account.email.as_str());
    println!("name           {}", account.name.as_str());
    println!("made           {}", account.created_at);
    println!("changed        {}", account.updated_at);
    println!("sessions       {}", facts.sessions);
    println!("conversations  {} so far", facts.last_conversation_id);
    println!("signing in     {}", lock(&facts.of_address));
    println!("own password   {}", lock(&facts.of_user));
}

/// What the wrong passwords from all networks mean. Those of a single network lock only that one.
fn lock(failures: &Failures) -> String {
    let now: Timestamp = Clock::System.now();
    match failures.locked_until.filter(|until| *until > now) {
        Some(until) => format!("locked for unknown networks until {until}"),
        None => format!("{} wrong passwords from all networks", failures.count),
    }
}

/// Prints `{"items": […]}`, a page after the other.
async fn export(operator: &Operator<'_>, user: &UserId) -> Result<()> {
    let (mut cursor, mut separator) = (None, "");
    println!("{{\"items\":[");
    loop {
        let page = operator.export(user, cursor.as_deref()).await.map_err(explain)?;
        for item in page.items {
            println!("{separator}{}", item.get());
            separator = ",";
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            println!("]}}");
            return Ok(());
        }
    }
}
