use super::arena::arena_index;

arena_index! {
    /// Index of a release in [`super::History::releases`].
    ReleaseIndex
}

arena_index! {
    /// Index of a component in [`super::History::components`].
    ComponentIndex
}

arena_index! {
    /// Index of an incident in [`super::History::incidents`].
    IncidentIndex
}

arena_index! {
    /// Index of a commit in [`super::Changes`]. Parents have smaller indices than their children.
    ChangeIndex
}

arena_index! {
    /// Index of a name and e-mail pair as git recorded it, in [`super::Changes`].
    IdentityIndex
}

arena_index! {
    /// Index of a person in [`super::History::people`].
    PersonIndex
}
