/** Taobao and Tmall: what 淘宝联盟 says, in the words of all marketplaces. */
package dev.zhida.marketplace.taobao;
