/**
 * What all HTTP answers share: problem documents, pages of lists, request ids, security headers, health, and that a
 * request under one {@code Idempotency-Key} is fulfilled once. The room knows no feature.
 */
package dev.zhida.web;
