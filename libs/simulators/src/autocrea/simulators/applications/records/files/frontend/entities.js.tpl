/** Which data there is: entities in the order of the tabs, each with its fields. */

export const ENTITIES = §{entities_json};
