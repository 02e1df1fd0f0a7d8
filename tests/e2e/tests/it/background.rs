mod analytics;
mod mail_deaths;
mod note_bounce;
mod send_mail;
mod sweep;
mod sweep_users;
mod tally;
mod tally_deaths;
