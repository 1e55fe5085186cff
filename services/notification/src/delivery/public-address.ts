import ipaddr from 'ipaddr.js'

/** The only part of IPv6 that is given out for public unicast; `::127.0.0.1`, for one, lies outside. */
const publicV6 = ipaddr.parseCIDR('2000::/3')

/**
 * Addresses that look public and lead into a cloud's own machinery, where they answer only its guests. Those that do
 * not look public need no entry, for they are in reserved ranges: 169.254.169.254 of most clouds and 169.254.170.2 of
 * Amazon ECS (link-local), 100.100.100.200 of Alibaba (RFC 6598), 192.0.0.192 of Oracle (RFC 6890), fd00:ec2::254 of
 * Amazon and fd20:ce::254 of Google (RFC 4193).
 */
const cloudMachinery = [
  // Azure: the agent of the host, reachable from every virtual machine (Microsoft Learn, "What is IP address
  // 168.63.129.16?")
  '168.63.129.16/32',
  // IBM Cloud: the service network, with resolvers and private endpoints (IBM Cloud docs, "IBM Cloud IP ranges",
  // service network)
  '161.26.0.0/16',
  '166.8.0.0/14',
  // Google Cloud: restricted.googleapis.com and private.googleapis.com (Google Cloud docs, "Configure Private Google
  // Access")
  '199.36.153.4/30',
  '199.36.153.8/30',
  // Equinix Metal: metadata.platformequinix.com, before metadata.packet.net
  '192.80.8.124/32'
].map((range) => ipaddr.IPv4.parseCIDR(range))

/** Whether an address can be a receiver on the public internet: unicast, and not a disguise of one that is not. */
export function isPublic (text: string): boolean {
  const address = ipaddr.process(text)
  if (address.range() !== 'unicast') return false
  if (address.kind() === 'ipv6') return address.match(publicV6)
  return !cloudMachinery.some((range) => address.match(range))
}
