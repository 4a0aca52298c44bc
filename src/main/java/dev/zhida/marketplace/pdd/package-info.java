/** Pinduoduo (多多进宝), in the words of all marketplaces. */
package dev.zhida.marketplace.pdd;
