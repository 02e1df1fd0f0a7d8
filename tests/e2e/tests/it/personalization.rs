mod context;
mod interactions;
