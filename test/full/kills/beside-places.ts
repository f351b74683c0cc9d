/**
 * What works beside a run when somebody interferes with it: the guard, and all is well; an alert that waits for its
 * acknowledgement; one that has it and waits for its metric; an incident that holds the run; one whose resolution the
 * metrics have not confirmed yet; one that is resolved and owes its post-mortem.
 */
export const besidePlaces = ['guard', 'alert', 'acknowledged alert', 'incident', 'resolution', 'post-mortem'] as const;
export type BesidePlace = (typeof besidePlaces)[number];

/** Where the clean-up is: its tasks wait for people, it is about to remove a flag, it just did and its worker died. */
export const cleanUpPlaces = ['tasks', 'removal', 'removed'] as const;
export type CleanUpPlace = (typeof cleanUpPlaces)[number];

/** Why the locks of an environment are held: by a run that goes on, and for one that ended with its changes in force. */
export const lockPlaces = ['held by a run', 'kept for a rollback'] as const;
