/**
 * People, the role that each has, the API keys that speak for them, and what a caller may see.
 *
 * <p>Always true: a key is stored as a hash only; every look-up of an object takes the caller's
 * {@link dev.zhida.identity.Scope}, and an object outside of it is as good as absent.
 */
package dev.zhida.identity;
