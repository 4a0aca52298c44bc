/** Web pages for people. For now the start page, which leads to the API's own page. */
package dev.zhida.portal;
