mod export;
mod profile;
