// What a service manager wants to hear of the program that it started: systemd's notification
// protocol (sd_notify(3), units of Type=notify), one datagram a state. Where the environment has no
// NOTIFY_SOCKET nobody listens, and nothing is sent.
#ifndef MPIC_COMMON_SERVICE_MANAGER_H_
#define MPIC_COMMON_SERVICE_MANAGER_H_

namespace mpic {

enum class ServiceState {
  kReady,      // serves; also what ends kReloading, well or not
  kReloading,  // reads its configuration again, and serves meanwhile
  kStopping,   // drains
};

// What cannot be sent is logged and otherwise without consequence here: the service manager waits
// for kReady as long as its unit says. Thread-safe; may wait for a service manager that is busy.
void TellServiceManager(ServiceState state);

}  // namespace mpic

#endif  // MPIC_COMMON_SERVICE_MANAGER_H_
