//! `player sign-out`: every pod hears that all sessions of a player are over.

use std::sync::Arc;

use crate::auth::{Session, SignedOut};
use crate::cluster::valkey::tests::sides::valkey;
use crate::ids::PlayerId;
use crate::matchmaking::Profile;
use crate::operator::{Order, Stores};

fn session(player: PlayerId) -> Session {
    Session::lasting(Profile { id: player, name: "Ada".into(), picture: None })
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_player_whose_sessions_an_operator_ends_is_signed_out_on_every_pod() {
    let stores = Stores::at(&valkey().url()).await;
    let (ada, ben) = (session(PlayerId::random()), session(PlayerId::random()));
    let (pod, mut watch) = SignedOut::new(Arc::new(stores.store.clone()));
    watch.look().await;
    assert!(!pod.contains(&ada));
    let told = stores.does(Order::SignOutPlayer { player: ada.player.id }).await;
    assert!(told.contains(&ada.player.id.to_string()), "{told}");
    watch.look().await;
    assert!(pod.contains(&ada) && !pod.contains(&ben));
}
