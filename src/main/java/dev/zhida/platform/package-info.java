/**
 * Where content is seen: platforms, scenes, and the forms in which an offer is posted there; which host
 * app and system a request comes from, and what that host app allows.
 *
 * <p>Always true: a scene is declared by the placement, a host app is detected from the request.
 */
package dev.zhida.platform;
