#!/bin/sh
# Selects the backend's pods, on their port.
set -e
kubectl -n taskmaster patch service backend-svc --type=merge -p '
{"spec":{"selector":{"app":"backend"},"ports":[{"protocol":"TCP","port":5000,"targetPort":5000}]}}'
