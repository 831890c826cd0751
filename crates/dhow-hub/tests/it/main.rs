//! What a hub says of itself, as others see it.

mod page;
