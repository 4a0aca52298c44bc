/**
 * What all HTTP answers share: problem documents, pages of lists, request ids, security headers, health. The
 * room knows no feature.
 */
package dev.zhida.web;
