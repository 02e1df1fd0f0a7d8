mod conversation;
mod messages;
