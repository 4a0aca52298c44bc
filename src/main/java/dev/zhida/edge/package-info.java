/**
 * What a fan's phone meets: redirect, landing page, beacons, pastes. The hot path: no ORM, no lock
 * across a request, no log line per request.
 *
 * <p>Always true: a fan is sent on only after the touch is durable; only to a marketplace's own https address; and
 * an unknown, expired or disabled code is met with a friendly page.
 */
package dev.zhida.edge;
