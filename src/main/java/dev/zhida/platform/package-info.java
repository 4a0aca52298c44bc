/**
 * Where content is seen: platforms, scenes, and the forms in which an offer is posted there; which host
 * app and system a request comes from, and what that host app allows.
 *
 * <p>Always true: a scene is declared by the placement, a host app is detected from the request. The policy of a host
 * app is a set of rules that are never changed, only followed by later ones; at every instant there is one that covers
 * everything. Of those that cover a question one gives way only to another that names all that it names, and more; of
 * those that are then left the strictest answers, so that a rule never lifts a ban about something else.
 */
package dev.zhida.platform;
