/**
 * What works beside a run when somebody interferes with it: the guard, and all is well; an alert that waits for its
 * acknowledgement; an incident that holds the run; one whose resolution the metrics have not confirmed yet.
 */
export const besidePlaces = ['guard', 'alert', 'incident', 'resolution'] as const;
export type BesidePlace = (typeof besidePlaces)[number];

/** Where the clean-up is: its tasks wait for people, it is about to remove a flag, it just did and its worker died. */
export const cleanUpPlaces = ['tasks', 'removal', 'removed'] as const;
export type CleanUpPlace = (typeof cleanUpPlaces)[number];
