use super::{Page, PageRequest, UserStore};
use crate::id::InteractionId;
use crate::model::{ContentType, Effectiveness, IdempotencyKey, Interaction, Profile};
use crate::store::cursor::{List, Position};
use crate::store::keys::{self, AFTER_LETTERS, INTERACTION};
use crate::store::write::{Condition, Write};
use crate::store::{Kind, StoreError, item};

impl UserStore<'_> {
    /// Stores an interaction with the background as it is now; two round trips. With an idempotency
    /// key that was used before, returns the interaction that it led to then.
    pub async fn create_interaction(
        &self,
        content_type: ContentType,
        effectiveness: Option<Effectiveness>,
        key: Option<&IdempotencyKey>,
    ) -> Result<Interaction, StoreError> {
        let once = self.once(key, "create-interaction");
        let profile = keys::profile(self.user());
        let mut wanted = vec![profile.clone()];
        wanted.extend(once.as_ref().map(|once| once.row.clone()));
        let mut rows = self.read(&wanted).await?;
        let profile: Option<Profile> = rows.take(&profile)?;
        if let Some(once) = &once
            && let Some(id) = self.earlier(&mut rows, once)?
        {
            return self.interaction(&parse(&id)?).await;
        }
        let now = self.store.clock.now();
        let background = profile.and_then(Profile::unless_archived).map(|p| p.background());
        let interaction = Interaction {
            id: InteractionId::random(now),
            user_id: self.user().clone(),
            content_type,
            background_used: background.into(),
            timestamp: now,
            conversation_id: None,
            message_id: None,
            personalization_effectiveness: effectiveness,
        };
        let id = interaction.id.as_str();
        let key = keys::interaction(self.user(), &interaction.id);
        let row = item::write(key, Kind::Interaction, &interaction)?;
        match self.store_once(row, id, once.as_ref()).await? {
            Some(earlier) if earlier != id => self.interaction(&parse(&earlier)?).await,
            _ => Ok(interaction),
        }
    }

    /// A page of the user's interactions. One round trip; with a content type, one more for each 500
    /// interactions of other types before the end of the page.
    pub async fn interactions(
        &self,
        content_type: Option<&ContentType>,
        request: &PageRequest,
    ) -> Result<Page<Interaction>, StoreError> {
        // No content type has this name.
        let name = content_type.map_or("*", ContentType::as_str);
        let filter = format!("{name}/{:?}", request.order);
        let position = Position::Interaction;
        let list = List { user: self.user(), name: "interactions".to_owned(), filter, position };
        let (first, last) = (INTERACTION.to_owned(), format!("{INTERACTION}{AFTER_LETTERS}"));
        let mut range = request.range(keys::user_partition(self.user()), first, last, &list)?;
        range.equal = content_type.map(|wanted| ("content_type", wanted.as_str().to_owned()));
        let (_, items) = self.read_with_range(&[], &range, request.max_items()).await?;
        request.page(items, "sk", &list, item::read)
    }

    /// Rates an interaction; two round trips. [`StoreError::NotFound`] if there is none.
    pub async fn rate_interaction(
        &self,
        id: &InteractionId,
        effectiveness: Effectiveness,
    ) -> Result<Interaction, StoreError> {
        self.read(&[]).await?;
        let update = Write::update(&keys::interaction(self.user(), id))
            .set("personalization_effectiveness", item::value(effectiveness)?)
            .returning_new()
            .when(Condition::present());
        let rated = self.store.send(update).await;
        item::read(rated.map_err(|error| error.or(StoreError::NotFound))?)
    }

    /// An interaction that an earlier request has stored.
    async fn interaction(&self, id: &InteractionId) -> Result<Interaction, StoreError> {
        let found = self.store.row(&keys::interaction(self.user(), id)).await?;
        found.ok_or(StoreError::NotFound)
    }
}

fn parse(id: &str) -> Result<InteractionId, StoreError> {
    id.parse().map_err(StoreError::corrupt)
}
