/**
 * People, the role that each has, the API keys that speak for them, and what a caller may see.
 *
 * <p>Always true: a key is stored as a hash only, and asked for anew with every request, so that one that is revoked opens
 * nothing from then on; an operator who can get in is left, whoever ends whom; every look-up of an object takes the caller's
 * {@link dev.zhida.identity.Scope}, and an object outside of it is as good as absent.
 */
package dev.zhida.identity;
