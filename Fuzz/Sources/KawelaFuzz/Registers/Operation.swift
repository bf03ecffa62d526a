// SPDX-License-Identifier: Apache-2.0

/// What an input of the target `registers` can have a driver, the wire or the owner do: an operation is a byte of the
/// input, modulo how many there are, and takes its operands from the bytes behind it.
///
/// New ones go to the end: inputs kept from before should go on meaning what they do. The first does little, since an input's
/// zeros are it.
enum Operation: UInt8, CaseIterable {
    case run
    case writeRegister
    case readRegister
    case accessAnything
    case writeConfiguration
    case setUpTransmit
    case setUpReceive
    case postPacket
    case postSegmented
    case postLegacy
    case postDescriptor
    case ringTransmit
    case ringReceive
    case giveBuffers
    case arrive
    case settle
    case enableFunctions
    case setUpPools
    case setUpPool
    case setUpAddress
    case setUpVLAN
    case setUpSpreading
    case setUpFilters
    case setUpInterrupts
    case mail
    case reset
    case plug
    case remap
    case writeMemory
    case changeWire
    case setUpTime
    case start
    case setUpLimits
    case shiftEEPROM
    case accessPHY
    case setUpLowLatency
}
